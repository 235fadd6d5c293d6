"""CLIP: weights, engines, score, calibration; the only place of torch and open_clip. Imports the store and below."""
