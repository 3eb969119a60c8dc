"""The wiring: settings, addresses, the timetable of periodic jobs. The only place that names both apps."""
