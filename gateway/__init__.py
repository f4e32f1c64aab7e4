"""The Flask app, its use cases, the node, the worker and the command line."""
