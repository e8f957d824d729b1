"""Our own feeds under the suite a plug-in writer uses."""

from pathlib import Path

import xlsxwriter

from aim.feeds import FEEDS
from aim.testing.feeds import FeedSuite

CONTACTS = ("01632 960123", "jo@example.org", "QQ123456C")


class TestPoliceUk(FeedSuite):
    feed = FEEDS["police-uk"]
    rows = 4

    def write_sample(self, folder: Path) -> Path:
        path = folder / "2018-10-norbeck-street.csv"
        lines = (
            "Crime ID,Month,Longitude,Latitude,Crime type",
            ",2018-10,-1.24,54.57,Anti-social behaviour",
            ",2018-10,-1.24,54.57,Anti-social behaviour",
            "a1,2018-10,,,Burglary",
            "a2,2018-13,-1.24,54.57,Burglary",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


class TestCrimes(FeedSuite):
    feed = FEEDS["police-extract"]
    rows = 3
    personal = ("Jo Bloggs", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "crimes.csv"
        lines = (
            "CrimeNo,Offence,CommittedFrom,CommittedTo,Easting,Northing,Location,Flags,Victim name",
            "C1,Burglary,01/04/2026 22:00,02/04/2026 07:00,449000,520000,High St,,Jo Bloggs",
            "C2,Theft,02/04/2026 07:00,01/04/2026 22:00,449000,520000,High St,,Jo Bloggs",
            ",Stalking,03/04/2026,,0,0,ring 01632 960123 jo@example.org,DV,Jo Bloggs",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


class TestCalls(FeedSuite):
    feed = FEEDS["police-extract"]
    rows = 3
    personal = ("Jo Bloggs", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "calls.csv"
        lines = (
            "IncidentRef,DateTimeReported,OpeningCode,ClosingCode1,Qualifier1,Easting,Northing,Caller,Summary",
            "I1,01/04/2026 22:00,ASB,Nuisance,Youth,449000,520000,Jo Bloggs,a QQ123456C",
            "I2,31/04/2026 22:00,ASB,,,449000,520000,Jo Bloggs,jo@example.org",
            ",01/04/2026 22:00,Domestic,,,,,Jo Bloggs,ring 01632 960123",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


class TestWardens(FeedSuite):
    feed = FEEDS["wardens"]
    rows = 4
    personal = ("Jo Bloggs", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "wardens.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            header = "Job No", "Date", "Time", "Officer", "Category", "Location", "Easting"
            rows = [
                ("Wardens' jobs, invented",),
                (*header, "Northing", "Details"),
                (
                    1,
                    "01/04/2026",
                    "22:00",
                    "Jo Bloggs",
                    "Flytip",
                    "High St",
                    449000,
                    520000,
                    "bags",
                ),
                ("", "01/04/2026", "", "Jo Bloggs", "Noise", "High St", "", "", "jo@example.org"),
                ("", "Jo Bloggs", "", "", "Noise", "High St", "", "", "ring 01632 960123"),
                (1, "02/04/2026", "", "Jo Bloggs", "Noise", "High St", 0, 0, "QQ123456C"),
            ]
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
        return path


class TestCouncillors(FeedSuite):
    feed = FEEDS["councillors"]
    rows = 3
    personal = ("Jo Bloggs", "Cllr Imaginary", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "councillors.csv"
        lines = (
            "Ref;Date received;Councillor;Constituent name;E-mail;Ward;Street;Subject;Details",
            "1;01/04/2026;Cllr Imaginary;Jo Bloggs;jo@example.org;Abbey;High St;Noise;QQ123456C",
            "2;Jo Bloggs;Cllr Imaginary;Jo Bloggs;;Abbey;High St;Noise;café",
            ";01/04/2026;Cllr Imaginary;Jo Bloggs;;Abbey;High St;;ring 01632 960123",
        )
        path.write_text("\n".join(lines), encoding="cp1252")
        return path


class TestStops(FeedSuite):
    feed = FEEDS["police-uk"]
    rows = 3
    personal = ("Welsh",)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "2018-10-norbeck-stop-and-search.csv"
        lines = (
            "Type,Date,Latitude,Longitude,Self-defined ethnicity,Legislation,Object of search",
            "Person search,2018-10-01T12:30:00+00:00,54.57,-1.24,Welsh,s1,Stolen goods",
            "Person search,2018-10-01T12:30:00+00:00,,,Welsh,s1,Stolen goods",
            "Person search,yesterday,54.57,-1.24,Welsh,s1,Stolen goods",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


class TestFixMyStreet(FeedSuite):
    feed = FEEDS["fixmystreet"]
    rows = 3
    personal = ("Jo Bloggs", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "reports.csv"
        lines = (
            "Report ID,Title,Detail,User Name,User Email,Category,Created,Latitude,Longitude",
            "1,Sofa,ring 01632 960123,Jo Bloggs,a@example.org,Noise,2026-04-01 10:15,54.57,-1.24",
            "2,Sofa,jo@example.org,Jo Bloggs,a@example.org,Noise,2026-04-01T10:15:00,,",
            "3,Sofa,QQ123456C,Jo Bloggs,a@example.org,Noise,,54.57,-1.24",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


class TestOpen311(FeedSuite):
    feed = FEEDS["open311"]
    rows = 3
    personal = ("Jo Bloggs", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "requests.json"
        path.write_text(
            """[{"service_request_id": 1, "service_name": "Litter", "first_name": "Jo Bloggs",
              "requested_datetime": "2026-04-01T10:15:00Z", "lat": 54.57, "long": -1.24,
              "description": "ring 01632 960123"},
             {"service_request_id": "2", "service_name": "Noise", "lat": null, "long": null,
              "requested_datetime": "2026-04-01T10:15:00Z", "description": "jo@example.org"},
             {"service_request_id": 3, "service_name": "Noise", "requested_datetime": "",
              "description": "QQ123456C"}]""",
            encoding="utf-8",
        )
        return path


class TestAnyTable(FeedSuite):
    feed = FEEDS["table"]
    rows = 3
    personal = ("Jo Bloggs", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "port.csv"
        lines = (
            "Log,When,Kind,NGR,Caller name,Remarks on what was seen",
            "1,25/04/2026 10:30,Noise,NZ 493 204,Jo Bloggs,ring 01632 960123 about the warehouse",
            "2,26/04/2026,Litter,,Jo Bloggs,write to jo@example.org about the bags by the gate",
            "3,soon,Noise,NZ 493 204,Jo Bloggs,the number given was QQ123456C and no name",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


class TestFire(FeedSuite):
    feed = FEEDS["fire"]
    rows = 3
    personal = ("Jo Bloggs", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "fire.csv"
        lines = (
            "Incident number,Date,Time,Incident type,Easting,Northing,Occupier,Details",
            "F1,01/04/2026,22:15,Bin fire,449000,520000,Jo Bloggs,ring 01632 960123",
            "F2,01/04/2026,,Bin fire,,,Jo Bloggs,jo@example.org",
            "F3,soon,22:15,Bin fire,449000,520000,Jo Bloggs,QQ123456C",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


class TestHousing(FeedSuite):
    feed = FEEDS["housing"]
    rows = 3
    personal = ("Jo Bloggs", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "housing.csv"
        lines = (
            "Case ref,Date reported,ASB category,Street,Tenant name,Details",
            "1,01/04/2026,Noise,High St,Jo Bloggs,ring 01632 960123",
            "2,01/04/2026,Noise,High St,Jo Bloggs,jo@example.org",
            "3,,Noise,High St,Jo Bloggs,QQ123456C",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


class TestHealth(FeedSuite):
    feed = FEEDS["health"]
    rows = 3
    personal = ("Jo Bloggs", "943 476 5919", "3BA")

    def write_sample(self, folder: Path) -> Path:
        path = folder / "health.csv"
        lines = (
            "Date of admission,ICD-10,Postcode,Patient name,NHS number",
            "01/04/2026,X99,TS1 3BA,Jo Bloggs,943 476 5919",
            "02/04/2026,S72,TS1,Jo Bloggs,943 476 5919",
            "soon,X99,TS1,Jo Bloggs,943 476 5919",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


class TestAmbulance(FeedSuite):
    feed = FEEDS["ambulance"]
    rows = 3
    personal = ("Jo Bloggs", *CONTACTS)

    def write_sample(self, folder: Path) -> Path:
        path = folder / "ambulance.csv"
        lines = (
            "CAD number,Date,Time,Category,Location,Patient name",
            "1,01/04/2026,22:15,Assault,ring 01632 960123,Jo Bloggs",
            "2,01/04/2026,,Overdose,jo@example.org,Jo Bloggs",
            "3,soon,22:15,Assault,QQ123456C,Jo Bloggs",
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path
