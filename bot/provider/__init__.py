"""WaveSpeedAI's REST API v3 and nothing else."""
