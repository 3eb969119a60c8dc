"""How people come to belong: requests and their answers, organisations with representatives, cohorts, logos."""
