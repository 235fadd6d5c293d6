"""Stand-ins for the outside world, held to the contract tests of the real adapters. Imports ports and below."""
