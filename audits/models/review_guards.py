"""What the database refuses about management reviews, whatever door it came through."""

import pgtrigger

BOTH = pgtrigger.Insert | pgtrigger.Update


def chaired():
    """Whoever chairs a review is top management on the day."""
    return pgtrigger.Trigger(
        name="chaired_by_top_management",
        when=pgtrigger.Before,
        operation=BOTH,
        func="""
            IF TG_OP = 'UPDATE' THEN
                IF OLD.chair_id = NEW.chair_id AND OLD.held_on IS NOT DISTINCT FROM NEW.held_on AND OLD.planned_on = NEW.planned_on THEN
                    RETURN NEW; END IF;
            END IF;
            IF NOT EXISTS (SELECT 1 FROM people_appointment p WHERE p.person_id = NEW.chair_id AND p.role = 'top_management'
                AND p.withdrawn_at IS NULL AND p.valid @> COALESCE(NEW.held_on, NEW.planned_on))
            THEN RAISE EXCEPTION 'review %: who chairs it is not top management on that day', NEW.number; END IF;
            RETURN NEW;
        """,
    )


def whole():
    """Nothing is closed with an input, a verdict, the chair or the decisions missing, or unsigned."""
    return pgtrigger.Trigger(
        name="closed_whole",
        when=pgtrigger.Before,
        operation=BOTH,
        condition=pgtrigger.Q(new__status="closed"),
        func="""
            IF TG_OP = 'UPDATE' THEN IF OLD.status = 'closed' THEN RETURN NEW; END IF; END IF;
            IF NEW.signed IS NULL OR NEW.signed_sha256 = '' OR NEW.closed_at IS NULL THEN
                RAISE EXCEPTION 'review % is not signed', NEW.number; END IF;
            IF (SELECT count(*) FROM audits_reviewinput i WHERE i.review_id = NEW.id AND (i.asks = 'words' OR i.compiled_at IS NOT NULL)
                AND (i.asks = 'live' OR i.words <> '')) < NEW.inputs_needed THEN
                RAISE EXCEPTION 'review % lacks an input', NEW.number; END IF;
            IF (SELECT count(*) FROM audits_reviewverdict v WHERE v.review_id = NEW.id AND v.by_id = NEW.chair_id) < 3 THEN
                RAISE EXCEPTION 'review % lacks a verdict of its chair', NEW.number; END IF;
            IF NOT EXISTS (SELECT 1 FROM audits_attendee a WHERE a.review_id = NEW.id AND a.person_id = NEW.chair_id AND a.is_present) THEN
                RAISE EXCEPTION 'review % was held without its chair', NEW.number; END IF;
            IF NEW.nothing_decided = '' AND NOT EXISTS (
                SELECT 1 FROM audits_reviewaction d WHERE d.review_id = NEW.id AND d.status = 'draft') THEN
                RAISE EXCEPTION 'review % says nothing about decisions', NEW.number; END IF;
            RETURN NEW;
        """,
    )


def frozen():
    """What a review was held on stays; what is signed or cancelled stays altogether."""
    return pgtrigger.Trigger(
        name="held_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__status__in=["held", "closed", "cancelled"]),
        func="""
            IF OLD.status IN ('closed', 'cancelled') AND NEW IS DISTINCT FROM OLD THEN
                RAISE EXCEPTION 'review % is over and stays as it is', OLD.number; END IF;
            IF (OLD.picture, OLD.inputs_sha256, OLD.held_on, OLD.chair_id, OLD.period_from, OLD.period_until, OLD.inputs_needed)
                IS DISTINCT FROM
               (NEW.picture, NEW.inputs_sha256, NEW.held_on, NEW.chair_id, NEW.period_from, NEW.period_until, NEW.inputs_needed)
            THEN RAISE EXCEPTION 'what review % was held on stays as it was', OLD.number; END IF;
            RETURN NEW;
        """,
    )


def inputs_stand_still():
    """An input comes with its review while that is planned, and changes only until the review is held."""
    return _while("inputs_stand_still", ("planned", "prepared"), "the inputs of review % stand still")


def while_open(name):
    """Rows that are written until their review is signed or cancelled."""
    return _while(name, ("planned", "prepared", "held"), "review % is over and stays as it is")


def judged_by_the_chair():
    """Verdicts are the chair's alone, given while a review is held."""
    return _while(
        "judged_by_the_chair", ("held",), "verdicts about review % are its chair''s, before it is signed", "AND r.chair_id = NEW.by_id"
    )


def _while(name, statuses, sentence, further=""):
    known = ", ".join(f"'{status}'" for status in statuses)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=BOTH,
        func=f"""
            IF NOT EXISTS (SELECT 1 FROM audits_managementreview r WHERE r.id = NEW.review_id AND r.status IN ({known}) {further}
                FOR SHARE)
            THEN RAISE EXCEPTION '{sentence}', NEW.review_id; END IF;
            RETURN NEW;
        """,
    )
