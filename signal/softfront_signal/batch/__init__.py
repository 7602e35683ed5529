"""Many beats at once: archives and many wearers, by the definitions the live rooms hold."""
