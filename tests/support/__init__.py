"""What tests share: servers of their own, waiting with a deadline, real photographs."""
