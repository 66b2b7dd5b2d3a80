<?php
// Makes slugs: {"titles": ["Blue shoes, size 42"]} -> {"slugs": ["blue-shoes-size-42"]}. Equal titles get a number.

const LETTERS = [
    'ä' => 'ae', 'ö' => 'oe', 'ü' => 'ue', 'Ä' => 'ae', 'Ö' => 'oe', 'Ü' => 'ue', 'ß' => 'ss',
    'á' => 'a', 'à' => 'a', 'â' => 'a', 'ç' => 'c', 'é' => 'e', 'è' => 'e', 'ê' => 'e', 'í' => 'i',
    'ñ' => 'n', 'ó' => 'o', 'ô' => 'o', 'ú' => 'u', 'É' => 'e',
];

function slug_of(string $title, int $max_length): string
{
    $text = strtolower(strtr($title, LETTERS));
    $text = trim(preg_replace('/[^a-z0-9]+/', '-', $text), '-');
    if (strlen($text) > $max_length) {
        $text = rtrim(substr($text, 0, $max_length), '-');
    }
    return $text === '' ? 'untitled' : $text;
}

function handler($event, $context)
{
    // An object or an array, depending on how the event arrived.
    $event = json_decode(json_encode($event), true);
    if (!isset($event['titles']) || !is_array($event['titles'])) {
        return ['error' => 'titles must be a list of texts'];
    }
    $max_length = (int) $context->getUserData('MAX_LENGTH') ?: 60;
    $slugs = [];
    $seen = [];
    foreach ($event['titles'] as $title) {
        $slug = slug_of((string) $title, $max_length);
        $seen[$slug] = ($seen[$slug] ?? 0) + 1;
        $slugs[] = $seen[$slug] === 1 ? $slug : $slug . '-' . $seen[$slug];
    }
    $context->getLogger()->info('made ' . count($slugs) . ' slugs');
    return ['slugs' => $slugs];
}
