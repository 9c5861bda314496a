-- TPC-H: the questions of its 22 queries.

-- @tpch01 price summary
SELECT returned, status, sum(quantity) AS units, sum(price) AS gross, sum(price * (1 - discount)) AS net,
       sum(price * (1 - discount) * (1 + tax)) AS charged, avg(quantity) AS mean_units, avg(price) AS mean_price,
       avg(discount) AS mean_discount, count(*) AS lines
FROM line
WHERE shipped <= date '2003-01-01' - interval '45' day
GROUP BY returned, status
ORDER BY returned, status;

-- @tpch02 cheapest supplier
SELECT s.balance, s.name, n.name AS nation, p.id, p.maker, s.address, s.phone
FROM part p, supplier s, offer o, nation n, region r
WHERE p.id = o.part AND s.id = o.supplier AND p.size = 4 AND p.kind LIKE '%BRASS' AND s.nation = n.id AND n.region = r.id
  AND r.name = 'SOUTH'
  AND o.cost = (SELECT min(o2.cost) FROM offer o2, supplier s2, nation n2, region r2
                WHERE p.id = o2.part AND s2.id = o2.supplier AND s2.nation = n2.id AND n2.region = r2.id AND r2.name = 'SOUTH')
ORDER BY s.balance DESC, n.name, s.name, p.id
LIMIT 50;

-- @tpch03 unshipped orders of most value
SELECT l.purchase, sum(l.price * (1 - l.discount)) AS revenue, p.placed
FROM customer c, purchase p, line l
WHERE c.segment = 'GARDEN' AND c.id = p.customer AND l.purchase = p.id AND p.placed < date '2002-03-01' AND l.shipped > date '2002-03-01'
GROUP BY l.purchase, p.placed
ORDER BY revenue DESC, p.placed
LIMIT 5;

-- @tpch04 late orders by priority
SELECT priority, count(*) AS purchases
FROM purchase p
WHERE placed >= date '2001-04-01' AND placed < date '2001-04-01' + interval '3 month'
  AND EXISTS (SELECT * FROM line l WHERE l.purchase = p.id AND l.promised < l.received)
GROUP BY priority
ORDER BY priority;

-- @tpch05 trade inside a region
SELECT n.name, sum(l.price * (1 - l.discount)) AS revenue
FROM customer c, purchase p, line l, supplier s, nation n, region r
WHERE c.id = p.customer AND l.purchase = p.id AND l.supplier = s.id AND c.nation = s.nation AND s.nation = n.id AND n.region = r.id
  AND r.name = 'EAST' AND p.placed >= date '2001-01-01' AND p.placed < date '2001-01-01' + interval '1' year
GROUP BY n.name
ORDER BY revenue DESC;

-- @tpch06 what small discounts cost
SELECT sum(price * discount) AS revenue
FROM line
WHERE shipped >= date '2001-01-01' AND shipped < date '2001-01-01' + interval '1' year AND discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01
  AND quantity < 30;

-- @tpch07 trade between two nations
SELECT seller, buyer, year, sum(volume) AS revenue
FROM (SELECT n1.name AS seller, n2.name AS buyer, extract(year FROM l.shipped) AS year, l.price * (1 - l.discount) AS volume
      FROM supplier s, line l, purchase p, customer c, nation n1, nation n2
      WHERE s.id = l.supplier AND p.id = l.purchase AND c.id = p.customer AND s.nation = n1.id AND c.nation = n2.id
        AND ((n1.name = 'NATION 2' AND n2.name = 'NATION 3') OR (n1.name = 'NATION 3' AND n2.name = 'NATION 2'))
        AND l.shipped BETWEEN date '2001-01-01' AND date '2002-12-31') AS trade
GROUP BY seller, buyer, year
ORDER BY seller, buyer, year;

-- @tpch08 a nation's part of the market
SELECT year, sum(CASE WHEN nation = 'NATION 4' THEN volume ELSE 0 END) / sum(volume) AS share
FROM (SELECT extract(year FROM p.placed) AS year, l.price * (1 - l.discount) AS volume, n2.name AS nation
      FROM part a, supplier s, line l, purchase p, customer c, nation n1, nation n2, region r
      WHERE a.id = l.part AND s.id = l.supplier AND l.purchase = p.id AND p.customer = c.id AND c.nation = n1.id AND n1.region = r.id
        AND r.name = 'NORTH' AND s.nation = n2.id AND p.placed BETWEEN date '2001-01-01' AND date '2002-12-31'
        AND a.kind = 'SMALL BRASS') AS sales
GROUP BY year
ORDER BY year;

-- @tpch09 profit of a kind of parts
SELECT nation, year, sum(amount) AS profit
FROM (SELECT n.name AS nation, extract(year FROM p.placed) AS year, l.price * (1 - l.discount) - o.cost * l.quantity AS amount
      FROM part a, supplier s, line l, offer o, purchase p, nation n
      WHERE s.id = l.supplier AND o.supplier = l.supplier AND o.part = l.part AND a.id = l.part AND p.id = l.purchase AND s.nation = n.id
        AND a.name LIKE '%olive%') AS gains
GROUP BY nation, year
ORDER BY nation, year DESC;

-- @tpch10 customers who send things back
SELECT c.id, c.name, sum(l.price * (1 - l.discount)) AS revenue, c.balance, n.name AS nation, c.address, c.phone, c.remark
FROM customer c, purchase p, line l, nation n
WHERE c.id = p.customer AND l.purchase = p.id AND p.placed >= date '2001-06-01' AND p.placed < date '2001-06-01' + interval '3' month
  AND l.returned = 'R' AND c.nation = n.id
GROUP BY c.id, c.name, c.balance, c.phone, n.name, c.address, c.remark
ORDER BY revenue DESC
LIMIT 20;

-- @tpch11 stock that is worth something
SELECT o.part, sum(o.cost * o.available) AS value
FROM offer o, supplier s, nation n
WHERE o.supplier = s.id AND s.nation = n.id AND n.name = 'NATION 5'
GROUP BY o.part
HAVING sum(o.cost * o.available) > (SELECT sum(o2.cost * o2.available) * 0.01
                                    FROM offer o2, supplier s2, nation n2
                                    WHERE o2.supplier = s2.id AND s2.nation = n2.id AND n2.name = 'NATION 5')
ORDER BY value DESC;

-- @tpch12 carriers and urgent orders
SELECT l.carrier, sum(CASE WHEN p.priority = '1-HIGH' OR p.priority = '2-SOON' THEN 1 ELSE 0 END) AS urgent,
       sum(CASE WHEN p.priority <> '1-HIGH' AND p.priority <> '2-SOON' THEN 1 ELSE 0 END) AS other
FROM purchase p, line l
WHERE p.id = l.purchase AND l.carrier IN ('RAIL', 'SHIP') AND l.promised < l.received AND l.shipped < l.promised
  AND l.received >= date '2001-01-01' AND l.received < date '2001-01-01' + interval '1' year
GROUP BY l.carrier
ORDER BY l.carrier;

-- @tpch13 how many customers order how often
SELECT purchases, count(*) AS customers
FROM (SELECT c.id, count(p.id)
      FROM customer c LEFT OUTER JOIN purchase p ON c.id = p.customer AND p.remark NOT LIKE '%strange%wish%'
      GROUP BY c.id) AS counted (customer, purchases)
GROUP BY purchases
ORDER BY customers DESC, purchases DESC;

-- @tpch14 effect of a promotion
SELECT 100.00 * sum(CASE WHEN a.kind LIKE 'PROMO%' THEN l.price * (1 - l.discount) ELSE 0 END) / sum(l.price * (1 - l.discount)) AS percent
FROM line l, part a
WHERE l.part = a.id AND l.shipped >= date '2001-09-01' AND l.shipped < date '2001-09-01' + interval '1' month;

-- @tpch15 best supplier
WITH revenue (supplier, total) AS (
    SELECT supplier, sum(price * (1 - discount)) FROM line
    WHERE shipped >= date '2001-01-01' AND shipped < date '2001-01-01' + interval '3' month
    GROUP BY supplier)
SELECT s.id, s.name, s.address, s.phone, r.total
FROM supplier s, revenue r
WHERE s.id = r.supplier AND r.total = (SELECT max(total) FROM revenue)
ORDER BY s.id;

-- @tpch16 suppliers of parts, without those complained of
SELECT a.brand, a.kind, a.size, count(DISTINCT o.supplier) AS suppliers
FROM offer o, part a
WHERE a.id = o.part AND a.brand <> 'B#3' AND a.kind NOT LIKE 'MEDIUM%' AND a.size IN (1, 2, 3, 5, 8)
  AND o.supplier NOT IN (SELECT id FROM supplier WHERE remark LIKE '%Complaints%')
GROUP BY a.brand, a.kind, a.size
ORDER BY suppliers DESC, a.brand, a.kind, a.size;

-- @tpch17 revenue of small orders
SELECT sum(l.price) / 7.0 AS yearly
FROM line l, part a
WHERE a.id = l.part AND a.brand = 'B#2' AND a.container = 'BOX'
  AND l.quantity < (SELECT 0.2 * avg(l2.quantity) FROM line l2 WHERE l2.part = a.id);

-- @tpch18 customers of large orders
SELECT c.name, c.id AS customer, p.id AS purchase, p.placed, p.total, sum(l.quantity) AS units
FROM customer c, purchase p, line l
WHERE p.id IN (SELECT purchase FROM line GROUP BY purchase HAVING sum(quantity) > 60) AND c.id = p.customer AND p.id = l.purchase
GROUP BY c.name, c.id, p.id, p.placed, p.total
ORDER BY p.total DESC, p.placed
LIMIT 100;

-- @tpch19 revenue of some parts handled by hand
SELECT sum(l.price * (1 - l.discount)) AS revenue
FROM line l, part a
WHERE (a.id = l.part AND a.brand = 'B#1' AND a.container IN ('BOX', 'BAG') AND l.quantity >= 1 AND l.quantity <= 11
       AND a.size BETWEEN 1 AND 5 AND l.carrier IN ('RAIL', 'SHIP') AND l.instruction = 'HAND OVER')
   OR (a.id = l.part AND a.brand = 'B#2' AND a.container IN ('BOX', 'TIN') AND l.quantity >= 10 AND l.quantity <= 20
       AND a.size BETWEEN 1 AND 9 AND l.carrier IN ('RAIL', 'SHIP') AND l.instruction = 'HAND OVER');

-- @tpch20 suppliers with too much stock
SELECT s.name, s.address
FROM supplier s, nation n
WHERE s.id IN (SELECT o.supplier FROM offer o
               WHERE o.part IN (SELECT id FROM part WHERE name LIKE 'dark%')
                 AND o.available > (SELECT 0.5 * sum(l.quantity) FROM line l
                                    WHERE l.part = o.part AND l.supplier = o.supplier AND l.shipped >= date '2001-01-01'
                                      AND l.shipped < date '2001-01-01' + interval '1' year))
  AND s.nation = n.id AND n.name = 'NATION 1'
ORDER BY s.name;

-- @tpch21 suppliers who kept an order waiting
SELECT s.name, count(*) AS waits
FROM supplier s, line l1, purchase p, nation n
WHERE s.id = l1.supplier AND p.id = l1.purchase AND p.status = 'F' AND l1.received > l1.promised
  AND EXISTS (SELECT * FROM line l2 WHERE l2.purchase = l1.purchase AND l2.supplier <> l1.supplier)
  AND NOT EXISTS (SELECT * FROM line l3 WHERE l3.purchase = l1.purchase AND l3.supplier <> l1.supplier AND l3.received > l3.promised)
  AND s.nation = n.id AND n.name = 'NATION 6'
GROUP BY s.name
ORDER BY waits DESC, s.name
LIMIT 100;

-- @tpch22 customers who could buy again
SELECT code, count(*) AS customers, sum(balance) AS balance
FROM (SELECT substring(phone FROM 1 FOR 2) AS code, balance
      FROM customer c
      WHERE substring(phone FROM 1 FOR 2) IN ('10', '11', '13')
        AND balance > (SELECT avg(balance) FROM customer WHERE balance > 0.00 AND substring(phone FROM 1 FOR 2) IN ('10', '11', '13'))
        AND NOT EXISTS (SELECT * FROM purchase p WHERE p.customer = c.id)) AS idle
GROUP BY code
ORDER BY code;

-- Nexmark: the questions that need no window of time.

-- @nexmark00 as it comes
SELECT auction, bidder, price, placed FROM bid;

-- @nexmark01 in another currency
SELECT auction, bidder, 0.92 * price AS price, placed FROM bid;

-- @nexmark02 some auctions
SELECT auction, price FROM bid WHERE auction % 5 = 0;

-- @nexmark03 sellers of some states
SELECT p.name, p.city, p.state, a.id
FROM auction a JOIN person p ON a.seller = p.id
WHERE a.category = 10 AND p.state IN ('OR', 'ID');

-- @nexmark04 mean winning price by category
SELECT category, avg(final) AS mean
FROM (SELECT max(b.price) AS final, a.category
      FROM auction a, bid b
      WHERE a.id = b.auction AND b.placed BETWEEN a.opened AND a.closes
      GROUP BY a.id, a.category) AS won
GROUP BY category;

-- @nexmark05 the auctions with most bids
SELECT auction, count(*) AS bids FROM bid GROUP BY auction HAVING count(*) >= ALL (SELECT count(*) FROM bid GROUP BY auction);

-- @nexmark06 mean of a seller's last prices
SELECT seller, avg(price) OVER (PARTITION BY seller ORDER BY placed ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS mean
FROM (SELECT DISTINCT ON (a.id) a.seller, b.price, b.placed
      FROM auction a JOIN bid b ON a.id = b.auction AND b.placed <= a.closes
      ORDER BY a.id, b.price DESC, b.placed) AS won;

-- @nexmark07 the highest bid
SELECT max(price) AS highest FROM bid;

-- @nexmark08 new people who sell
SELECT DISTINCT p.id, p.name FROM person p JOIN auction a ON p.id = a.seller WHERE a.opened < p.joined + interval '10 hours';

-- @nexmark09 the winning bid
SELECT id, item, bidder, price
FROM (SELECT a.id, a.item, b.bidder, b.price, row_number() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.placed) AS rank
      FROM auction a JOIN bid b ON a.id = b.auction AND b.placed BETWEEN a.opened AND a.closes) AS ranked
WHERE rank = 1;

-- @nexmark13 with a table beside it
SELECT b.auction, b.bidder, b.price, h.value FROM bid b JOIN house h ON b.auction % 5 = h.key;

-- @nexmark14 computed columns
SELECT auction, bidder, 0.92 * price AS price,
       CASE WHEN extract(hour FROM placed) BETWEEN 8 AND 18 THEN 'day' WHEN extract(hour FROM placed) < 6 THEN 'night' ELSE 'other' END AS part,
       length(url) - length(replace(url, 'c', '')) AS c_count
FROM bid
WHERE 0.92 * price > 100 AND 0.92 * price < 800;

-- @nexmark15 bids by day
SELECT placed::date AS day, count(*) AS bids, count(*) FILTER (WHERE price < 300) AS low,
       count(*) FILTER (WHERE price >= 300 AND price < 700) AS middle, count(*) FILTER (WHERE price >= 700) AS high,
       count(DISTINCT bidder) AS bidders, count(DISTINCT auction) FILTER (WHERE price < 300) AS low_auctions
FROM bid
GROUP BY placed::date;

-- @nexmark17 statistics of an auction by day
SELECT auction, to_char(placed, 'YYYY-MM-DD') AS day, count(*) AS bids, min(price) AS least, max(price) AS most, avg(price) AS mean,
       sum(price) AS total
FROM bid
GROUP BY auction, to_char(placed, 'YYYY-MM-DD');

-- @nexmark18 last bid of each bidder
SELECT DISTINCT ON (bidder, auction) bidder, auction, price, placed FROM bid ORDER BY bidder, auction, placed DESC;

-- @nexmark19 ten highest bids of an auction
SELECT * FROM (SELECT auction, bidder, price, row_number() OVER (PARTITION BY auction ORDER BY price DESC) AS rank FROM bid) AS b
WHERE rank <= 10;

-- @nexmark20 bids with their auctions
SELECT b.auction, b.bidder, b.price, b.placed, a.item, a.category FROM bid b JOIN auction a ON b.auction = a.id WHERE a.category = 11;

-- @nexmark22 parts of a URL
SELECT auction, bidder, split_part(url, '/', 4) AS first, split_part(url, '/', 5) AS second FROM bid;
