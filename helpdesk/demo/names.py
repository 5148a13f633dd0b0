"""The words of the demo: trades, products, and what people say when they leave."""

from helpdesk.rules.vocabulary import Country, Reason

FRANCE, SPAIN = Country("FR"), Country("ES")

FRENCH_TRADES = (
    "Menuiserie", "Cabinet d’architecture", "Garage", "Fleuriste", "Plomberie", "Librairie",
    "Traiteur", "Imprimerie", "Atelier de couture", "Électricité", "Maçonnerie", "Pharmacie",
    "Institut de beauté", "Épicerie", "Auto-école", "Serrurerie", "Pâtisserie", "Cave à vins",
    "Toiture", "Opticien", "Paysagiste", "Horlogerie",
)  # fmt: skip
SPANISH_TRADES = (
    "Talleres", "Construcciones y reformas", "Ferretería", "Papelería", "Clínica dental",
    "Peluquería", "Carpintería", "Frutería", "Asesoría", "Restaurante", "Óptica", "Autoescuela",
    "Floristería", "Gestoría", "Zapatería", "Transportes",
)  # fmt: skip
PRODUCTS = {
    FRANCE: [
        "Sage Active Comptabilité", "Sage Active Facturation", "Sage Active Trésorerie",
        "Sage Active Immobilisations", "Sage Active Paie",
    ],
    SPAIN: [
        "Sage Active Contabilidad", "Sage Active Facturación", "Sage Active Tesorería",
        "Sage Active Inmovilizado", "Sage Active Nóminas",
    ],
}  # fmt: skip
SAID = {
    FRANCE: {
        Reason.PRICE: "L’augmentation de janvier est trop forte pour nous.",
        Reason.NOT_USEFUL: "Nous ne nous en servons presque pas.",
        Reason.MISSING_FEATURE: "Il nous manque le rapprochement bancaire automatique.",
        Reason.TOO_DIFFICULT: "La saisie demande trop d’étapes.",
        Reason.OTHER_SOFTWARE: "Notre franchise impose un autre logiciel.",
        Reason.ACCOUNTANT_DECIDES: "Notre comptable travaille avec un autre outil.",
        Reason.BUSINESS_CLOSES: "Nous cessons l’activité à la fin de l’année.",
        Reason.OTHER: "Réorganisation interne.",
    },
    SPAIN: {
        Reason.PRICE: "El precio ha subido demasiado.",
        Reason.NOT_USEFUL: "Casi no lo usamos.",
        Reason.MISSING_FEATURE: "Nos falta la conciliación bancaria automática.",
        Reason.TOO_DIFFICULT: "Hay demasiados pasos para cada factura.",
        Reason.OTHER_SOFTWARE: "La franquicia nos obliga a usar otro programa.",
        Reason.ACCOUNTANT_DECIDES: "La gestoría trabaja con otra herramienta.",
        Reason.BUSINESS_CLOSES: "Cerramos el negocio a final de año.",
        Reason.OTHER: "Reorganización interna.",
    },
}
REFUSED = {
    FRANCE: "Nous n’avons pas pu établir que vous pouvez résilier pour cette entreprise."
    " Demandez au titulaire du compte principal de faire la demande.",
    SPAIN: "No hemos podido comprobar que usted pueda cancelar por esta empresa."
    " Pida al propietario de la empresa que presente la solicitud.",
}
ASKED = {
    FRANCE: "Quel abonnement souhaitez-vous résilier ? Le numéro de contrat figure sur"
    " chaque facture.",
    SPAIN: "¿Qué suscripción desea cancelar? El número de contrato figura en cada factura.",
}
NOTES = (
    "Pregunta por la última factura; se le explica dónde verla.",
    "Quiere cambiar la cuenta bancaria del recibo.",
    "No encuentra el menú de exportación; lo hacemos juntos.",
    "Pide que le llamen mañana por la mañana.",
    "Consulta los plazos de cancelación antes de decidir.",
    "Problema con la contraseña, resuelto.",
    "Se corta la llamada.",
    "Número equivocado.",
)
