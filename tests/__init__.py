"""The tests: they mirror roster/; e2e/ is for the browser, bench/ for measurements."""
