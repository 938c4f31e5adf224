"""What is watched: site, rooms, points, grades, limits, readings, units, standards. Imports nothing of ours."""
