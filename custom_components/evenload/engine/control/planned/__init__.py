"""When vehicles charge: what modes and plans let through, under the balancer, which has the last word."""
