"""A server that speaks Ollama's protocol and looks at the picture; no model is in it. Imports nothing of ours."""
