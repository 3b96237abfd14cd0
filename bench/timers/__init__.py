"""The promises under load and in trouble: script/bench sla and script/chaos. No Django here: this side holds the processes."""
