"""What single studies are made of: their own measures, tables and pictures, where one file would be too long."""
