"""Data of diplograph; read through diplograph.resources."""
