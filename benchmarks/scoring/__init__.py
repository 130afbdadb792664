"""What scoring costs, stage by stage, beside engines that only average the same answers: see __main__."""
