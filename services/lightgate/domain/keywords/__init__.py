"""The photographer's own keywords, and the subject that a set suggests. Pure."""
