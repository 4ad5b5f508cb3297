// Prints trades as CCXT hands them out: node trades.mjs HOST:PORT SYMBOL COUNT
import ccxt from 'ccxt';

const [address, symbol, count] = process.argv.slice(2);
const exchange = new ccxt.pro.binance({
    // Spot alone: the other markets live at other addresses.
    options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, fetchCurrencies: false, fetchMargins: false },
});
exchange.urls.api.public = `http://${address}/api/v3`;
exchange.urls.api.ws.spot = `ws://${address}/ws`;
await exchange.loadHttpProxyAgent(); // without it every socket is a TLS one
await exchange.loadMarkets();
for (let printed = 0; printed < Number(count); ) {
    for (const trade of await exchange.watchTrades(symbol)) {
        console.log([trade.id, trade.price, trade.amount, trade.side].join());
        printed++;
    }
}
await exchange.close();
