"""CLIP: weights, engines, the score and its calibration. Torch and open_clip are imported nowhere else."""
