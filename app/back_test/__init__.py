"""What other limits would have made of the past: asked by a form or the shell, answered by `alerts.replay`."""
