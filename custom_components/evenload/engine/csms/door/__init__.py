"""Who comes in: ports, encryption, passwords, certificates, and how many strangers at a time."""
