"""The dossier of an excursion: all on record in and around it, worked out exactly, judged, closed and signed."""
