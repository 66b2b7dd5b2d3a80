'use strict';
// Formats prices: {"amounts": [1999, 5], "currency": "EUR", "locale": "de-DE"} -> texts. Amounts are in the smallest
// unit of the currency (cents), so that no fraction is ever rounded on the way.

const currencies = require('./currencies.json');

function format(amount, currency, locale) {
  const digits = currencies[currency].digits;
  const options = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, options).format(amount / 10 ** digits);
}

exports.handler = async (event, context) => {
  const currency = event.currency || context.getUserData('DEFAULT_CURRENCY');
  const locale = event.locale || context.getUserData('DEFAULT_LOCALE');
  const amounts = event.amounts || [];
  if (!Object.hasOwn(currencies, currency)) return { error: 'unknown currency', currency };
  if (!amounts.every(Number.isSafeInteger)) return { error: 'amounts must be whole numbers of the smallest unit' };

  context.getLogger().info(`formatted ${amounts.length} amounts for ${locale}`);
  return { currency, locale, prices: amounts.map((amount) => format(amount, currency, locale)) };
};
