"""What the beats mean: arithmetic without clocks, networks, threads or disks."""
