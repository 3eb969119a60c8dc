"""Every file is read again within 90 days, has a second copy on another disk, and is repaired from it."""
