"""What writes captions: Ollama with its prompts, and the drafts that stand in for it. Imports ports and below."""
