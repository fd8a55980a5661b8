"""What the cases import of Airflow."""
