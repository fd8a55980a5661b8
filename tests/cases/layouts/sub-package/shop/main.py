from shop.core.mail import MAIL_PASSWORD
