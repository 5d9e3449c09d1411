"""What is wrong with data, found before anything is fused, and the ways out."""
