resource "aws_db_instance" "shop" {
  username = "shop"
  password = "<<pw>>"
}
