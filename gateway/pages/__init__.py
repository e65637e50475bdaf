"""What stands on each public page, feed and sitemap: pure functions from what is published to finished bytes."""
