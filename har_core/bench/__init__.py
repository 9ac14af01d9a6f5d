"""How fast this project trains, beside what a student would write."""
