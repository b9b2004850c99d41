"""The words GS1's Core Business Vocabulary 2.0 has for what EPCIS events say.

Source: the term lists of the CBV 2.0 standard, as its ontology (ref.gs1.org/standards/epcis/2.0.1/cbv-ontology.ttl) and
the EPCIS 2.0.0 JSON-LD context name them: 41 business steps, 33 dispositions. Terms only, none of GS1's text.
"""

from __future__ import annotations

ACTIONS = frozenset({"ADD", "DELETE", "OBSERVE"})

BIZ_STEPS = frozenset(
    [
        "accepting",
        "arriving",
        "assembling",
        "collecting",
        "commissioning",
        "consigning",
        "creating_class_instance",
        "cycle_counting",
        "decommissioning",
        "departing",
        "destroying",
        "disassembling",
        "dispensing",
        "encoding",
        "entering_exiting",
        "holding",
        "inspecting",
        "installing",
        "killing",
        "loading",
        "other",
        "packing",
        "picking",
        "receiving",
        "removing",
        "repackaging",
        "repairing",
        "replacing",
        "reserving",
        "retail_selling",
        "sampling",
        "sensor_reporting",
        "shipping",
        "staging_outbound",
        "stock_taking",
        "stocking",
        "storing",
        "transporting",
        "unloading",
        "unpacking",
        "void_shipping",
    ]
)
"""What a process did (CBV 2.0, section 7.1)."""

DISPOSITIONS = frozenset(
    [
        "active",
        "available",
        "completeness_inferred",
        "completeness_verified",
        "conformant",
        "container_closed",
        "container_open",
        "damaged",
        "destroyed",
        "dispensed",
        "disposed",
        "encoded",
        "expired",
        "in_progress",
        "in_transit",
        "inactive",
        "mismatch_class",
        "mismatch_instance",
        "mismatch_quantity",
        "needs_replacement",
        "no_pedigree_match",
        "non_conformant",
        "non_sellable_other",
        "partially_dispensed",
        "recalled",
        "reserved",
        "retail_sold",
        "returned",
        "sellable_accessible",
        "sellable_not_accessible",
        "stolen",
        "unavailable",
        "unknown",
    ]
)
"""In which state it left the object (CBV 2.0, section 7.2)."""

TRANSACTION_TYPES = frozenset(
    ["bol", "cert", "desadv", "inv", "pedigree", "po", "poc", "prodorder", "recadv", "rma", "testprd", "testres"]
)
"""What a business transaction is (CBV 2.0, section 7.3); `upevt` of the ontology is left out, nothing here has it."""

ERROR_REASONS = frozenset({"did_not_occur", "incorrect_data"})
"""Why an event is declared wrong (CBV 2.0, section 7.5)."""
