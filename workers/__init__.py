"""Processes, not logic: the API, the workers and the command line."""

import os

# Read by libraries while they are loaded, and every process comes by here first. Threads that wait for work must sleep:
# OpenMP's spin otherwise, and those of numpy's OpenBLAS always do, one a core, between two spectrograms.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("KMP_BLOCKTIME", "0")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
