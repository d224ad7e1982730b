using System.Buffers;
using System.Collections.Frozen;

namespace Nura.Models;

/// <summary>Estimates from the words alone how much thinking a question needs. No model and no network takes part; it costs some microseconds.</summary>
/// <remarks>
/// A sum of features through a logistic curve, so that several weak signs together weigh like a strong one. What counts: words of design and of trade-offs,
/// several asks at once, quoted code and errors, constraints ("must", "without"), length; what counts against: words of looking up ("where", "list", "what is").
/// The weights were set by hand so that plain look-ups stay below 0.3 and questions that weigh designs against each other rise above 0.7.
/// </remarks>
public static class Complexity
{
    /// <summary>Only so many characters at the beginning are read: enough for any question, bounded for pasted files.</summary>
    private const int MostCharacters = 8_000;

    private static readonly FrozenSet<string> s_design = Set(
        "architecture", "architect", "design", "redesign", "refactor", "refactoring", "migrate", "migration", "tradeoff", "trade-off", "tradeoffs", "trade-offs",
        "scalability", "scale", "concurrency", "concurrent", "deadlock", "race", "consistency", "distributed", "consensus", "throughput", "latency", "resilience",
        "security", "threat", "optimize", "optimise", "algorithm", "complexity", "proof", "prove", "strategy", "evaluate", "compare", "versus", "alternatives",
        "root-cause", "diagnose", "invariant", "backpressure", "idempotent", "transaction", "transactional", "rollback", "zero-downtime", "sharding", "replication",
        "arquitectura", "diseño", "diseñar", "rediseñar", "refactorizar", "migrar", "migración", "escalabilidad", "concurrencia", "consistencia", "distribuido", "rendimiento",
        "seguridad", "optimizar", "algoritmo", "estrategia", "evaluar", "comparar", "alternativas", "diagnosticar", "transacción", "resiliencia");

    private static readonly FrozenSet<string> s_ask = Set(
        "why", "implement", "write", "build", "create", "fix", "debug", "explain", "plan", "propose", "review", "analyze", "analyse", "justify", "rewrite", "test",
        "porqué", "implementa", "implementar", "escribe", "crea", "corrige", "depura", "explica", "planifica", "propón", "revisa", "analiza", "justifica", "reescribe");

    private static readonly FrozenSet<string> s_constraint = Set(
        "must", "should", "without", "unless", "except", "ensure", "guarantee", "while", "both", "each", "every", "multiple", "several", "across", "backward", "compatible",
        "debe", "sin", "salvo", "excepto", "asegura", "garantiza", "mientras", "ambos", "cada", "varios", "compatible", "step", "steps", "paso", "pasos");

    private static readonly FrozenSet<string> s_lookUp = Set(
        "where", "list", "which", "find", "show", "name", "version", "hello", "hi", "thanks", "yes", "no", "ok",
        "dónde", "donde", "lista", "cuál", "muestra", "nombre", "versión", "hola", "gracias", "sí");

    private static readonly SearchValues<char> s_blank = SearchValues.Create(" \t\r\n,;:!\"'()[]{}<>=+*/\\|`?.");

    /// <summary>The estimate.</summary>
    /// <param name="question">The user's words.</param>
    /// <returns>0 (look it up) to 1 (think hard).</returns>
    public static double Of(string question)
    {
        var text = question.AsSpan(0, Math.Min(question.Length, MostCharacters));
        var (words, design, asks, constraints, lookUps) = CountWords(text);
        if (words == 0)
        {
            return 0;
        }

        var fences = text.Count("```") / 2;
        var questions = text.Count('?');
        var items = text.Count("\n- ") + text.Count("\n* ") + text.Count("\n1") + text.Count("\n2") + text.Count("\n3");

        // Each feature is capped: a pasted log with a hundred "error" lines is not a hundred times as hard.
        var sum = -2.2
            + (0.95 * Math.Min(design, 5))
            + (0.35 * Math.Min(asks, 4))
            + (0.22 * Math.Min(constraints, 6))
            + (0.40 * Math.Min(items, 5))
            + (0.30 * Math.Min(Math.Max(questions - 1, 0), 4))
            + (0.45 * Math.Min(fences, 2))
            + (0.50 * Math.Log2(1 + (words / 40.0)))
            - (0.45 * Math.Min(lookUps, 3));
        return 1 / (1 + Math.Exp(-sum));
    }

    private static (int Words, int Design, int Asks, int Constraints, int LookUps) CountWords(ReadOnlySpan<char> text)
    {
        var design = s_design.GetAlternateLookup<ReadOnlySpan<char>>();
        var ask = s_ask.GetAlternateLookup<ReadOnlySpan<char>>();
        var constraint = s_constraint.GetAlternateLookup<ReadOnlySpan<char>>();
        var lookUp = s_lookUp.GetAlternateLookup<ReadOnlySpan<char>>();
        var (words, designs, asks, constraints, lookUps) = (0, 0, 0, 0, 0);
        foreach (var range in text.SplitAny(s_blank))
        {
            var word = text[range];
            if (word.IsEmpty)
            {
                continue;
            }

            words++;
            designs += design.Contains(word) ? 1 : 0;
            asks += ask.Contains(word) ? 1 : 0;
            constraints += constraint.Contains(word) ? 1 : 0;
            lookUps += lookUp.Contains(word) ? 1 : 0;
        }

        return (words, designs, asks, constraints, lookUps);
    }

    private static FrozenSet<string> Set(params string[] words) => words.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
