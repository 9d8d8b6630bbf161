"""The sensors: who must act is told of runs that failed and of deadlines. They run nothing."""
