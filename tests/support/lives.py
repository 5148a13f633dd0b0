"""The whole life of one subscription, in the words of each language, with plain spaces.

Asked for on Monday 2 March 2026, it ends on Wednesday 15 April, with all three reminders before;
its data goes from Thursday 15 October.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from helpdesk.rules.vocabulary import Language

PRODUCT = "Sage Active Essentials"
LAST_DAY, END, DELETION = date(2026, 4, 14), date(2026, 4, 15), date(2026, 10, 15)
CALENDAR, PDF = "text/calendar", "application/pdf"
# Subjects end with the reference.
ATTACHED = ((), (CALENDAR, PDF), (CALENDAR,), (CALENDAR,), (CALENDAR,), (PDF,), (), (PDF,))


@dataclass(frozen=True, kw_only=True)
class Life:
    """What the owner of a business reads on the way, each in the order in which it comes."""

    language: Language
    country: str
    zone: str
    menu: str
    steps: tuple[str, str, str, str]
    """The headings of the steps: choose, information, data, check."""
    cancel: str
    done: str
    days_left: tuple[str, str, str]
    last_day: str
    ended: str
    deleted: str
    opened: str
    closed: str
    kept: str
    gone: str
    """What the sign-in says to somebody whose business was deleted."""
    mails: tuple[tuple[str, str], ...]
    """Subject and first sentence of each message."""
    events: tuple[str, str, str]
    """What the calendar calls the last day, the end and the deletion."""
    documents: tuple[str, str, str]
    """The titles of the confirmation, of the end and of the certificate of deletion."""
    answers: tuple[str, str, str]
    """What the check of a document says: it is current, out of date, or its data was deleted."""

    def at(self, *moment: int) -> datetime:
        """Return an instant by the clocks of this business."""
        year, month, day, hour, minute, second = (*moment, 0, 0, 0)[:6]
        zone = ZoneInfo(self.zone)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)


FRENCH_END = "Votre abonnement à Sage Active Essentials prend fin le mercredi 15 avril 2026."
FRENCH = Life(
    language=Language.FRENCH,
    country="FR",
    zone="Europe/Paris",
    menu="Gestion du compte d’entreprise",
    steps=(
        "Gestion des abonnements",
        "Ce qu’entraîne la résiliation",
        "Récupérer vos données",
        "Vérifiez, puis résiliez",
    ),
    cancel="Annuler l’abonnement",
    done="Votre abonnement prend fin le mercredi 15 avril 2026",
    days_left=(
        "Confirmée : il vous reste 44 jours d’accès.",
        "Confirmée : il vous reste 30 jours d’accès.",
        "Confirmée : il vous reste 7 jours d’accès.",
    ),
    last_day="Confirmée : c’est aujourd’hui votre dernier jour d’accès.",
    ended="Terminée : votre abonnement a pris fin et l’accès est fermé.",
    deleted="Terminée : vos données ont été supprimées.",
    opened=f"L’accès à {PRODUCT} est ouvert",
    closed=f"L’accès à {PRODUCT} est fermé",
    kept=("Vos données sont conservées, puis supprimées à partir du jeudi 15 octobre 2026"),
    gone="Les données de votre entreprise ont été supprimées ?",
    mails=(
        (
            "Demande de résiliation reçue le 2 mars 2026",
            "Nous avons reçu votre demande de résiliation le lundi 2 mars 2026.",
        ),
        (
            "Résiliation confirmée : fin le 15 avril 2026",
            (
                "Votre résiliation est confirmée : votre abonnement à Sage Active Essentials"
                " prend fin le mercredi 15 avril 2026."
            ),
        ),
        ("Rappel : votre abonnement prend fin le 15 avril 2026", FRENCH_END),
        ("Récupérez vos données : votre abonnement prend fin le 15 avril 2026", FRENCH_END),
        ("Dernier jour d’accès : mardi 14 avril 2026", FRENCH_END),
        (
            "Abonnement terminé le 15 avril 2026",
            (
                "Votre abonnement à Sage Active Essentials a pris fin le mercredi 15 avril 2026,"
                " comme vous l’avez demandé."
            ),
        ),
        (
            "Suppression de vos données à partir du 15 octobre 2026",
            (
                "Les données de votre abonnement à Sage Active Essentials seront supprimées"
                " à partir du jeudi 15 octobre 2026."
            ),
        ),
        (
            "Données supprimées le 15 octobre 2026",
            (
                "Les données de votre abonnement à Sage Active Essentials ont été supprimées"
                " le jeudi 15 octobre 2026."
            ),
        ),
    ),
    events=("Dernier jour d’accès :", "Fin de l’abonnement :", "Suppression des données :"),
    documents=(
        "Confirmation de résiliation",
        "Confirmation de fin d’abonnement",
        "Certificat de suppression des données",
    ),
    answers=(
        "Authentique et toujours valable",
        "Authentique, mais plus à jour",
        "Authentique, mais les données ont été supprimées depuis",
    ),
)

SPANISH_END = "Su suscripción a Sage Active Essentials termina el miércoles 15 de abril de 2026."
SPANISH = Life(
    language=Language.SPANISH,
    country="ES",
    zone="Europe/Madrid",
    menu="Gestionar cuenta empresarial",
    steps=(
        "Gestionar suscripciones",
        "Qué supone la cancelación",
        "Descargar sus datos",
        "Compruebe y cancele",
    ),
    cancel="Cancelar la suscripción",
    done="Su suscripción termina el miércoles 15 de abril de 2026",
    days_left=(
        "Confirmada: le quedan 44 días de acceso.",
        "Confirmada: le quedan 30 días de acceso.",
        "Confirmada: le quedan 7 días de acceso.",
    ),
    last_day="Confirmada: hoy es su último día de acceso.",
    ended="Finalizada: su suscripción ha terminado y el acceso está cerrado.",
    deleted="Finalizada: sus datos se han eliminado.",
    opened=f"El acceso a {PRODUCT} está abierto",
    closed=f"El acceso a {PRODUCT} está cerrado",
    kept="Sus datos se conservan y se eliminarán a partir del jueves 15 de octubre de 2026",
    gone="¿Se han eliminado los datos de su empresa?",
    mails=(
        (
            "Solicitud de cancelación recibida el 2 de marzo de 2026",
            "Recibimos su solicitud de cancelación el lunes 2 de marzo de 2026.",
        ),
        (
            "Cancelación confirmada: termina el 15 de abril de 2026",
            (
                "Su cancelación está confirmada: su suscripción a Sage Active Essentials"
                " termina el miércoles 15 de abril de 2026."
            ),
        ),
        ("Recordatorio: su suscripción termina el 15 de abril de 2026", SPANISH_END),
        ("Descargue sus datos: su suscripción termina el 15 de abril de 2026", SPANISH_END),
        ("Último día de acceso: martes 14 de abril de 2026", SPANISH_END),
        (
            "Suscripción finalizada el 15 de abril de 2026",
            (
                "Su suscripción a Sage Active Essentials terminó el miércoles 15 de abril de 2026,"
                " como usted solicitó."
            ),
        ),
        (
            "Sus datos se eliminarán a partir del 15 de octubre de 2026",
            (
                "Los datos de su suscripción a Sage Active Essentials se eliminarán"
                " a partir del jueves 15 de octubre de 2026."
            ),
        ),
        (
            "Datos eliminados el 15 de octubre de 2026",
            (
                "Los datos de su suscripción a Sage Active Essentials se eliminaron"
                " el jueves 15 de octubre de 2026."
            ),
        ),
    ),
    events=("Último día de acceso:", "Fin de la suscripción:", "Eliminación de los datos:"),
    documents=(
        "Confirmación de la cancelación",
        "Confirmación del fin de la suscripción",
        "Certificado de eliminación de los datos",
    ),
    answers=(
        "Auténtico y vigente",
        "Auténtico, pero ya no vigente",
        "Auténtico, pero los datos se eliminaron después",
    ),
)

ENGLISH_END = "Your subscription to Sage Active Essentials ends on Wednesday 15 April 2026."
ENGLISH = Life(
    language=Language.ENGLISH,
    country="ES",
    zone="Atlantic/Canary",
    menu="Manage business account",
    steps=(
        "Manage subscriptions",
        "What cancelling means",
        "Download your data",
        "Check, then cancel",
    ),
    cancel="Cancel subscription",
    done="Your subscription ends on Wednesday 15 April 2026",
    days_left=(
        "Confirmed: you have 44 days of access left.",
        "Confirmed: you have 30 days of access left.",
        "Confirmed: you have 7 days of access left.",
    ),
    last_day="Confirmed: today is your last day of access.",
    ended="Ended: your subscription is over and access is closed.",
    deleted="Ended: your data has been deleted.",
    opened=f"Access to {PRODUCT} is open",
    closed=f"Access to {PRODUCT} is closed",
    kept="Your data is kept, and deleted from Thursday 15 October 2026",
    gone="Was the data of your business deleted?",
    mails=(
        (
            "Cancellation request received on 2 March 2026",
            "We received your request to cancel on Monday 2 March 2026.",
        ),
        (
            "Cancellation confirmed: ends 15 April 2026",
            (
                "Your cancellation is confirmed: your subscription to Sage Active Essentials"
                " ends on Wednesday 15 April 2026."
            ),
        ),
        ("Reminder: your subscription ends 15 April 2026", ENGLISH_END),
        ("Download your data: your subscription ends 15 April 2026", ENGLISH_END),
        ("Last day of access: Tuesday 14 April 2026", ENGLISH_END),
        (
            "Subscription ended on 15 April 2026",
            (
                "Your subscription to Sage Active Essentials ended on Wednesday 15 April 2026,"
                " as you asked."
            ),
        ),
        (
            "Your data will be deleted from 15 October 2026",
            (
                "The data of your subscription to Sage Active Essentials will be deleted"
                " from Thursday 15 October 2026."
            ),
        ),
        (
            "Data deleted on 15 October 2026",
            (
                "The data of your subscription to Sage Active Essentials was deleted"
                " on Thursday 15 October 2026."
            ),
        ),
    ),
    events=("Last day of access:", "Subscription ends:", "Deletion of data:"),
    documents=(
        "Confirmation of cancellation",
        "Confirmation of the end of subscription",
        "Certificate of deletion",
    ),
    answers=(
        "Genuine and current",
        "Genuine, but no longer current",
        "Genuine, but the data was deleted since",
    ),
)

LIVES = (FRENCH, SPANISH, ENGLISH)
