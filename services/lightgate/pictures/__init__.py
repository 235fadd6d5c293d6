"""What is known of pictures beyond one stage: series, calibration, facts. Imports texts, the store and adapters."""
