"""Pure rules of transcription: regions, windows, languages, doubt, channels, gaps, cues."""
