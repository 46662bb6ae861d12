using TacHost.Telnet.Sessions;

namespace TacHost.Telnet.Tests;

/// <summary>Mutated commands of TELNET and keys: the decoder and the editor take each byte, keep little and answer little.</summary>
public sealed class DecoderFuzzTests
{
    private const byte Iac = 255;

    private static readonly byte[][] _seeds =
    [
        [Iac, 251, 31, Iac, 250, 31, 0, 80, 0, 24, Iac, 240, .. "help\r\n"u8],
        [Iac, 253, 1, Iac, 254, 3, Iac, 252, 24, Iac, 251, 24, Iac, 250, 24, 0, .. "xterm"u8, Iac, 240],
        [.. "a\u00fc\x1b[A\x1b[3~\x01\x05\x0b\x15\x17\x7f\t\r\0"u8, Iac, 244, Iac, 246, Iac, Iac],
    ];

    [Fact]
    public void Bytes_Mutated_AreTaken() => Run(5_000);

    [Fact]
    [LongSet]
    public void Bytes_MuchMutated_AreTaken() => Run(500_000);

    private static void Run(int count)
    {
        Random random = new(1021);
        for (var i = 0; i < count; i++)
        {
            var bytes = Mutation.Of(random, _seeds[random.Next(_seeds.Length)]);
            var answered = 0;
            TelnetDecoder decoder = new(reply => answered += reply.Length);
            LineEditor editor = new(_ => { });
            editor.Begin("> ");
            Mutation.Try<InvalidOperationException>(Convert.ToHexString(bytes), () =>
            {
                foreach (var value in bytes)
                {
                    if (decoder.Take(value) is >= 0 and var data && editor.Take((byte)data) is Edited.Entered)
                        editor.Begin("> ");
                }
            }, isRefused: false);
            Assert.InRange(answered, 0, 12 * bytes.Length);
            Assert.InRange(decoder.Width, 1, 65535);
            Assert.InRange(editor.Line.Length, 0, LineEditor.Longest);
        }
    }
}
