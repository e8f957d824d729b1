// The hub's map: wards shaded, hotspots numbered, incidents as one layer, a key with check boxes.
// Words people typed reach the page through textContent only.
"use strict";

window.aimMap = (function () {
  const SHADES = ["#dce8f2", "#b9d3e7", "#93bbda", "#6ba2cb", "#448abc"];
  const NO_INCIDENTS = "#ffffff";
  const OUTLINE = "#505a5f";
  const HOT = "#942514";
  const WORDS = {new: "new", up: "up", steady: "steady", down: "down", few: "too few to say", plain: ""};
  const SHORT = Object.assign({}, WORDS, {few: "too few"});
  const PIN = 30;
  const PIN_GAP = 2;

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function number(value) {
    return value.toLocaleString("en-GB");
  }

  // ---- Ward shading: up to five equal steps, wide enough to be round numbers.

  function stepWidth(top) {
    const rough = Math.max(1, top / SHADES.length);
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    return [1, 2, 2.5, 5, 10].map((factor) => Math.ceil(factor * power)).find((width) => width >= rough);
  }

  function shadeOf(count, width) {
    if (!count) return NO_INCIDENTS;
    return SHADES[Math.min(SHADES.length - 1, Math.floor((count - 1) / width))];
  }

  // ---- Popups

  function facts(title, rows) {
    const box = element("div", "aim-facts");
    box.append(element("h2", "", title));
    const list = element("dl");
    for (const [label, text] of rows) {
      if (!text) continue;
      list.append(element("dt", "", label), element("dd", "", text));
    }
    box.append(list);
    return box;
  }

  function moment(text, precision) {
    if (!text) return "";
    const options = {timeZone: "Europe/London", month: "long", year: "numeric"};
    if (precision !== "month") options.day = "numeric";
    if (precision === "minute") Object.assign(options, {hour: "2-digit", minute: "2-digit"});
    return new Intl.DateTimeFormat("en-GB", options).format(new Date(text));
  }

  function incidentFacts(layer) {
    const known = layer.feature.properties;
    return facts(known.type || "Incident", [
      ["When", moment(known.occurred_from, known.time_precision)],
      ["Place", known.place],
      ["Source", known.source],
    ]);
  }

  // ---- One hotspot: an outline, and a numbered pin with its word

  function pinIcon(known) {
    const box = element("div");
    box.append(element("span", "aim-pin aim-pin-" + known.kind, String(known.rank)));
    if (SHORT[known.kind]) box.append(element("span", "aim-word aim-word-" + known.kind, SHORT[known.kind]));
    return L.divIcon({className: "aim-marker", iconSize: [PIN, PIN], html: box});
  }

  function pinLabel(known) {
    const word = WORDS[known.kind] ? ", " + WORDS[known.kind] : "";
    return `Hotspot ${known.rank}: ${known.name}, ${known.incidents} incidents${word}`;
  }

  function makePin(known) {
    const pin = L.marker([known.lat, known.lon], {
      icon: pinIcon(known), keyboard: true, riseOnHover: true, zIndexOffset: 10000 - 20 * known.rank,
    });
    pin.home = L.latLng(known.lat, known.lon);
    pin.known = known;
    pin.on("add", () => pin.getElement().setAttribute("aria-label", pinLabel(known)));
    return pin.bindPopup(() => facts(`${known.rank}. ${known.name}`, known.facts), {minWidth: 240, maxWidth: 300});
  }

  // Pins that would cover each other step aside and keep a line to their place.
  function freePlace(home, taken) {
    const reach = PIN + PIN_GAP;
    const free = (point) => taken.every((other) => point.distanceTo(other) >= reach);
    for (let ring = 0; ring < 12; ring += 1) {
      const places = Math.max(1, ring * 8);
      for (let turn = 0; turn < places; turn += 1) {
        const angle = (2 * Math.PI * turn) / places - Math.PI / 2;
        const point = home.add([Math.cos(angle) * ring * reach * 0.75, Math.sin(angle) * ring * reach * 0.75]);
        if (free(point)) return point;
      }
    }
    return home;
  }

  // ---- Labels give way: to pins first, then to labels of hotter places

  function overlap(one, other) {
    return one.left < other.right - 1 && other.left < one.right - 1 &&
      one.top < other.bottom - 1 && other.top < one.bottom - 1;
  }

  function tidyLabels(box) {
    const labels = [...box.querySelectorAll(".aim-word"), ...box.querySelectorAll(".aim-ward-label")];
    const taken = [...box.querySelectorAll(".aim-marker .aim-pin")].map((pin) => pin.getBoundingClientRect());
    const rooms = labels.map((label) => label.getBoundingClientRect());
    labels.forEach((label, position) => {
      const room = rooms[position];
      const clash = taken.some((other) => overlap(room, other));
      label.classList.toggle("aim-crowded", clash);
      if (!clash) taken.push(room);
    });
  }

  // ---- The key: what the signs mean, and which layers are drawn

  function checkBox(label, layer, map) {
    const row = element("label", "aim-check");
    const box = element("input");
    box.type = "checkbox";
    box.checked = map.hasLayer(layer);
    box.addEventListener("change", () => {
      if (box.checked) map.addLayer(layer); else map.removeLayer(layer);
      map.fire("aim:tidy");
    });
    row.append(box, element("span", "", label));
    return row;
  }

  function keyRow(className, colour, text) {
    const row = element("li");
    const sign = element("span", className);
    if (colour) sign.style.backgroundColor = colour;
    row.append(sign, element("span", "", text));
    return row;
  }

  function makeKey(map, layers) {
    const details = element("details", "aim-key");
    details.open = map.getContainer().clientWidth > 700;
    details.append(element("summary", "", "Key"));
    const set = element("fieldset");
    set.append(element("legend", "", "Show"));
    for (const [label, layer] of layers) set.append(checkBox(label, layer, map));
    const pins = element("ul");
    for (const kind of ["new", "up", "steady", "down", "few"]) {
      pins.append(keyRow("aim-pin aim-pin-small aim-pin-" + kind, "", WORDS[kind]));
    }
    const shades = element("div");
    details.append(set, element("h2", "", "Hotspots, against the period before"), pins, shades);
    const control = L.control({position: "topright"});
    control.onAdd = () => {
      const holder = element("div", "leaflet-bar aim-key-box");
      holder.append(details);
      L.DomEvent.disableClickPropagation(holder).disableScrollPropagation(holder);
      return holder;
    };
    control.addTo(map);
    return shades;
  }

  function fillShades(box, counts, width) {
    box.replaceChildren();
    const top = Math.max(0, ...Object.values(counts));
    if (!top) return;
    const rows = element("ul");
    rows.append(keyRow("aim-shade", NO_INCIDENTS, "none"));
    SHADES.forEach((shade, step) => {
      const low = step * width + 1;
      if (low > top) return;
      const high = step === SHADES.length - 1 ? Math.max(top, low) : Math.min(low + width - 1, top);
      const ends = [low === 1 ? "fewest" : "", high === top ? "most" : ""].filter(Boolean)[0];
      const range = low === high ? number(low) : `${number(low)} to ${number(high)}`;
      rows.append(keyRow("aim-shade", shade, ends ? `${range} (${ends})` : range));
    });
    box.append(element("h2", "", "Incidents in the ward"), rows);
  }

  // ---- The map

  return function aimMap(map, config) {
    const box = map.getContainer();
    const status = document.getElementById("aim-status");
    const headline = document.getElementById("aim-headline");
    const notes = document.getElementById("aim-notes");
    const bounds = [[config.bounds[1], config.bounds[0]], [config.bounds[3], config.bounds[2]]];
    let state = {wards: {}, chosen: [], shaded: false};
    let pins = new Map();

    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Map of hotspots. Tab moves from hotspot to hotspot; Enter tells its facts.");
    map.attributionControl.setPrefix("Leaflet");
    map.fitBounds(bounds, {padding: [12, 12], animate: false});

    const wards = L.geoJSON(config.wards, {
      style: wardStyle,
      onEachFeature: (feature, layer) => layer.bindPopup(() => wardFacts(feature.properties)),
    }).addTo(map);
    const parents = L.geoJSON(config.parents, {
      style: {color: HOT, weight: 1.5, dashArray: "5 5", fill: false, interactive: false},
    }).addTo(map);
    const incidents = L.geoJSON(null, {
      pointToLayer: (feature, place) => L.circleMarker(place, {
        radius: 3, weight: 4, opacity: 0, fillColor: "#0b0c0c", fillOpacity: 0.45,
      }),
    }).bindPopup(incidentFacts).addTo(map);
    const outlines = L.geoJSON(null, {
      style: {color: HOT, weight: 2.5, fillColor: HOT, fillOpacity: 0.22},
      onEachFeature: (feature, layer) => layer.on("click", () => focus(feature.properties.rank)),
    });
    const leads = L.layerGroup();
    const pinLayer = L.layerGroup();
    const hotspots = L.layerGroup([outlines, leads, pinLayer]).addTo(map);
    const labels = L.layerGroup().addTo(map);
    const shades = makeKey(map, [["Hotspots", hotspots], ["Incidents", incidents], ["Ward names", labels]]);

    function wardStyle(feature) {
      const known = state.chosen.includes(feature.properties.code);
      return {
        color: known ? "#0b0c0c" : OUTLINE, weight: known ? 4 : 1.25, fillOpacity: 1,
        fillColor: state.shaded ? shadeOf(state.wards[feature.properties.code] || 0, state.width) : "#eef2f5",
      };
    }

    function wardFacts(known) {
      const count = state.shaded ? number(state.wards[known.code] || 0) : "";
      return facts(known.name, [["Incidents", count], ["Ward code", known.code]]);
    }

    function drawWards() {
      wards.setStyle(wardStyle);
      wards.eachLayer((layer) => {
        if (state.chosen.includes(layer.feature.properties.code)) layer.bringToFront();
      });
      labels.clearLayers();
      const known = config.wards.features.map((feature) => feature.properties);
      known.sort((one, other) => (state.wards[other.code] || 0) - (state.wards[one.code] || 0));
      for (const ward of known) {
        const text = element("span", "aim-ward-label");
        text.append(element("span", "", ward.name));
        if (state.shaded) text.append(element("b", "", number(state.wards[ward.code] || 0)));
        L.marker([ward.lat, ward.lon], {
          icon: L.divIcon({className: "aim-ward", iconSize: [0, 0], html: text}),
          interactive: false, keyboard: false, zIndexOffset: -10000,
        }).addTo(labels);
      }
      fillShades(shades, state.shaded ? state.wards : {}, state.width);
    }

    function placePins() {
      const taken = [];
      leads.clearLayers();
      for (const pin of pins.values()) {
        const home = map.latLngToLayerPoint(pin.home);
        const place = freePlace(home, taken);
        taken.push(place);
        pin.setLatLng(place === home ? pin.home : map.layerPointToLatLng(place));
        if (place.distanceTo(home) > PIN / 2) {
          L.polyline([pin.home, pin.getLatLng()], {color: HOT, weight: 1.5, interactive: false}).addTo(leads);
        }
      }
    }

    function tidy() {
      placePins();
      tidyLabels(box);
      // Incidents stay above wards and below hotspots, whatever was switched on last.
      if (map.hasLayer(incidents)) incidents.bringToFront();
      if (map.hasLayer(outlines)) outlines.bringToFront();
    }

    function show(layers) {
      const top = Math.max(0, ...Object.values(layers.wards || {}));
      state = {
        wards: layers.wards || {}, chosen: layers.chosen || [], shaded: layers.shaded !== false,
        width: stepWidth(top),
      };
      map.closePopup();
      drawWards();
      incidents.clearLayers().addData(layers.incidents);
      outlines.clearLayers().addData(layers.hotspots);
      pinLayer.clearLayers();
      pins = new Map(layers.hotspots.features.map((one) => [one.properties.rank, makePin(one.properties)]));
      pins.forEach((pin) => pin.addTo(pinLayer));
      tidy();
      if (headline && layers.headline) headline.textContent = layers.headline;
      if (notes) notes.textContent = (layers.notes || []).join(" ");
    }

    function focus(rank) {
      const pin = pins.get(Number(rank));
      if (!pin) return;
      if (!map.hasLayer(hotspots)) map.addLayer(hotspots);
      const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      map.setView(pin.home, Math.max(map.getZoom(), 15), {animate: !still});
      pin.openPopup();
    }

    function say(text, failed) {
      status.textContent = text;
      status.classList.toggle("aim-status-shown", Boolean(failed));
    }

    map.on("zoomend aim:tidy", tidy);
    map.on("resize", tidy);
    document.querySelectorAll(".aim-go").forEach((button) => {
      button.addEventListener("click", () => {
        focus(button.dataset.rank);
        box.scrollIntoView({block: "nearest"});
      });
    });
    if (config.layers) show(config.layers);
    if (config.url) follow(config, show, focus, say);
    window.aim = {map, layers: {wards, incidents, hotspots, labels}, focus, pins: () => pins};
  };

  // ---- A map in a frame of the hub: fetch, show, tell the page around it

  function follow(config, show, focus, say) {
    let running = null;

    function tell(message) {
      window.parent.postMessage(message, window.location.origin);
    }

    async function load(query) {
      if (running) running.abort();
      running = new AbortController();
      const mine = running;
      try {
        const answer = await fetch(config.url + (query ? "?" + query : ""), {signal: mine.signal});
        if (!answer.ok) throw new Error(`the hub answered ${answer.status}`);
        const layers = await answer.json();
        if (mine !== running) return;
        show(layers);
        say(layers.headline || "", false);
        tell({aim: "map-updated", hotspots: layers.hotspots.features.length});
      } catch (error) {
        if (mine.signal.aborted) return;
        say(`The map could not be brought up to date: ${error.message}. It still shows the choice before. ` +
          "The list beside it is current; choose again to retry.", true);
        tell({aim: "map-failed"});
      }
    }

    window.addEventListener("message", (event) => {
      if (event.origin !== window.location.origin || event.source !== window.parent || !event.data) return;
      if (typeof event.data.qs === "string") load(event.data.qs);
      if (event.data.focus !== undefined) focus(event.data.focus);
    });
    load(config.query);
  }
})();
