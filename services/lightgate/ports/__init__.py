"""What the house needs from the outside, each as a Protocol that an adapter fulfils. Imports the domain and below.

The store's ports stand in ``store``; contract tests in ``tests/contract`` say what an adapter must do.
"""
