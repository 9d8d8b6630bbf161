"""The sensors: they announce failed runs and deadlines to the people who must act. They run nothing."""
