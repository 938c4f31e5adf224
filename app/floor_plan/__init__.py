"""The floor plan of an area as SVG: drawn from the site file, or laid over the site's own drawing."""
