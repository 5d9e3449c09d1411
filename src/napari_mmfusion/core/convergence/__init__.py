"""Whether a fusion has settled: what each cost curve does, and the verdict on all of them."""
