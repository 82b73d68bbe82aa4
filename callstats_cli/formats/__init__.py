"""The formats of logs, a file each; their detection, and the places of their columns."""
