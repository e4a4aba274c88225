"""CarRacing of Najarro & Risi 2020: a car that sees pixels, behind the strategy and the rulebook of the robots."""
