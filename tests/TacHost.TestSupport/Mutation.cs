namespace TacHost.TestSupport;

/// <summary>Small changes of a valid input, for tests of parsers.</summary>
public static class Mutation
{
    /// <summary>Returns a copy of a seed in which some bytes are flipped, deleted, inserted or repeated.</summary>
    public static byte[] Of(Random random, byte[] seed)
    {
        List<byte> bytes = [.. seed];
        for (var changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(9, bytes.Count - at + 1)));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, random.Next(1, Math.Min(20, bytes.Count - at + 1))));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Returns a changed copy of one of several texts.</summary>
    public static string Of(Random random, IReadOnlyList<string> seeds) =>
        System.Text.Encoding.UTF8.GetString(Of(random, System.Text.Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Count)])));

    /// <summary>Asserts that a parser accepts an input, or refuses it by its own exception.</summary>
    public static void Try<TRefusal>(string input, Action parse, bool isRefused = true)
        where TRefusal : Exception
    {
        var failure = Record.Exception(parse);
        Assert.True(failure is null || (isRefused && failure is TRefusal), $"{failure}\ninput:\n{input}");
    }
}
