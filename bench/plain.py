"""The rows of every act in plain SQL: what the database alone needs to read and write them."""

import itertools

PERSON = "SELECT id FROM people_person WHERE username = 'agent0'"
TICKETS = "SELECT id FROM incidents_incident WHERE status IN ('assigned', 'in_progress') ORDER BY id DESC LIMIT 500"
LISTED = """
    SELECT i.id, i.number, i.status, i.title, i.priority, i.next_due_at, i.closed_at, c.name, s.name, s.name_en, a.name, t.name
    FROM incidents_incident i JOIN people_organisation c ON c.id = i.customer_id JOIN catalog_service s ON s.id = i.service_id
    JOIN people_team t ON t.id = i.team_id LEFT JOIN people_person a ON a.id = i.assignee_id
"""
OPEN = "i.status IN ('new', 'assigned', 'in_progress', 'waiting')"
QUEUE = f"{LISTED} WHERE {OPEN} AND i.team_id = (SELECT min(id) FROM people_team) ORDER BY i.next_due_at, i.id LIMIT 51"
OWN = f"{LISTED} WHERE {OPEN} AND i.assignee_id = ({PERSON}) ORDER BY i.next_due_at, i.id LIMIT 11"
FOUND = "SELECT incident_id FROM incidents_searchtext WHERE words @@ phraseto_tsquery('simple', %s)"
SEARCH = f"{LISTED} WHERE i.id = ANY(%s) ORDER BY i.id DESC LIMIT 21"
COUNTS = f"""
    SELECT count(*), count(*) FILTER (WHERE i.status = 'new'), count(*) FILTER (WHERE i.priority = 1),
           count(*) FILTER (WHERE i.next_due_at < now())
    FROM incidents_incident i WHERE {OPEN}
"""
CLOCKS = "SELECT * FROM sla_clock WHERE content_type_id = %s AND object_id = ANY(%s)"
RECORD = (
    """
    SELECT i.*, c.*, s.*, t.*, a.*, p.* FROM incidents_incident i JOIN people_organisation c ON c.id = i.customer_id
    JOIN catalog_service s ON s.id = i.service_id JOIN people_team t ON t.id = i.team_id
    LEFT JOIN people_person a ON a.id = i.assignee_id LEFT JOIN people_person p ON p.id = i.contact_id WHERE i.id = %(id)s
    """,
    """
    SELECT m.*, p.name FROM incidents_message m LEFT JOIN people_person p ON p.id = m.author_id
    WHERE incident_id = %(id)s ORDER BY sent_at
    """,
    """
    SELECT s.*, p.name FROM core_steptaken s LEFT JOIN people_person p ON p.id = s.by_id
    WHERE content_type_id = %(kind)s AND object_id = %(id)s ORDER BY seq
    """,
    "SELECT * FROM sla_clock WHERE content_type_id = %(kind)s AND object_id = %(id)s",
    """
    SELECT f.* FROM sla_clockfire f JOIN sla_clock c ON c.id = f.clock_id
    WHERE c.content_type_id = %(kind)s AND c.object_id = %(id)s
    """,
    """
    SELECT n.*, d.* FROM notices_notice n JOIN notices_delivery d ON d.notice_id = n.id
    WHERE n.content_type_id = %(kind)s AND n.object_id = %(id)s AND d.accepted_at IS NOT NULL
    """,
)
TOLD = "kind IN ('incidents.logged', 'incidents.assigned')"
COPIES = (
    ("incidents_searchtext", "incident_id", "incident_id", "{new}"),
    ("sla_clock", "object_id", "content_type_id = {kind} AND object_id", "{new}"),
    ("core_steptaken", "object_id", "content_type_id = {kind} AND seq <= 2 AND object_id", "{new}"),
    ("notices_notice", "object_id", f"content_type_id = {{kind}} AND {TOLD} AND object_id", "{new}"),
)
STARTED = """
    INSERT INTO sla_clockevent (clock_id, seq, kind, effective_at, recorded_at, actor_id, reason_code, payload, prev_hash, hash)
    SELECT c.id, 1, e.kind, e.effective_at, now(), e.actor_id, e.reason_code, e.payload, '', c.last_hash
    FROM sla_clock c JOIN sla_clock old USING (content_type_id, metric, cycle) JOIN sla_clockevent e ON e.clock_id = old.id AND e.seq = 1
    WHERE content_type_id = %s AND c.object_id = %s AND old.object_id = %s
"""
COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name NOT IN ('id', 'number')"


class Plain:
    """Plain statements over one connection; `does` names one for every act."""

    def __init__(self, connection):
        self.connection, self.cursor = connection, connection.cursor()
        (self.kind,) = self._rows("SELECT id FROM django_content_type WHERE app_label = 'incidents' AND model = 'incident'")[0]
        self.tickets = itertools.cycle([row[0] for row in self._rows(TICKETS)])
        self.copies = [self._copy(*copied) for copied in COPIES]
        self.incident = self._copy("incidents_incident", "", "id", "")
        self.does = {
            "bare": lambda: self._rows("SELECT * FROM people_organisation ORDER BY id LIMIT 1"),
            "log": self.log, "queue": self.queue, "ticket": self.ticket, "reply": self.reply, "home": self.home,
            "search_english": lambda: self.search("zanzibar"), "search_chinese": lambda: self.search("鲸鱼"),
            "home_of_manager": lambda: (self.home(), self._rows(COUNTS)), "create_by_api": self.create,
        }  # fmt: skip

    def queue(self):
        """Fifty rows, their clocks, the counts of the views."""
        self._with_clocks(QUEUE)
        self._rows(COUNTS)

    def home(self):
        self._with_clocks(OWN)

    def search(self, word):
        """What the word index finds, and its rows."""
        self._rows(SEARCH, [[key for (key,) in self._rows(FOUND, [word])]])

    def ticket(self, key=None):
        """The record and everything on its page."""
        values = {"id": key or next(self.tickets), "kind": self.kind}
        for statement in RECORD:
            self._rows(statement, values)

    def create(self):
        """An incident with its words, clocks, their first events, steps and notices, in one transaction; its id."""
        self.cursor.execute("BEGIN")
        old = next(self.tickets)
        self.cursor.execute(f"{self.incident} RETURNING id", [old])
        (new,) = self.cursor.fetchone()
        for statement in self.copies:
            self.cursor.execute(statement.format(new=new, kind=self.kind), [old])
        self.cursor.execute(STARTED, [self.kind, new, old])
        self.cursor.execute("COMMIT")
        return new

    def log(self):
        """The same, and the new ticket's page."""
        self.ticket(self.create())

    def reply(self):
        """A message, the ticket's row, and its page."""
        key = next(self.tickets)
        self.cursor.execute("BEGIN")
        self.cursor.execute(
            "INSERT INTO incidents_message (incident_id, author_id, from_customer, visibility, body, sent_at) "
            f"VALUES (%s, ({PERSON}), false, 'public', 'Restarted, please try again', now())",
            [key],
        )
        self.cursor.execute("UPDATE incidents_incident SET responded_at = coalesce(responded_at, now()) WHERE id = %s", [key])
        self.cursor.execute("COMMIT")
        self.ticket(key)

    def _with_clocks(self, statement):
        self._rows(CLOCKS, [self.kind, [row[0] for row in self._rows(statement)]])

    def _copy(self, table, target, chosen, value):
        """An INSERT that copies the rows of one incident, with `value` for the column that points at it and a fresh key."""
        names = [name for (name,) in self._rows(COLUMNS, [table])]
        taken = {target: value, "key": "gen_random_uuid()::text"}
        values = ", ".join(taken.get(name, f'"{name}"') for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        first, fresh = ("id, ", "gen_random_uuid(), ") if table == "notices_notice" else ("", "")
        return f"INSERT INTO {table} ({first}{listed}) SELECT {fresh}{values} FROM {table} WHERE {chosen} = %s"

    def _rows(self, statement, values=None):
        self.cursor.execute(statement, values)
        return self.cursor.fetchall()
