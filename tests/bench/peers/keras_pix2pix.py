"""One training step of pix2pix in Keras 3 under tf.function, as Keras' tutorial takes it: both
networks once, then both updates, from the same forward pass.

The networks are the paper's (sections 6.1.1 and 6.1.2), as in experiments/flowers_deblur.ts.

Run by deno task bench peers: python keras_pix2pix.py '{"size": 256, "batch": 1, …}'
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf
from keras import layers

from serve import serve

FILTERS = [64, 128, 256, 512, 512, 512, 512, 512]
HALVINGS = {16: 1, 34: 2, 70: 3, 142: 4, 286: 5}


def weights():
    return keras.initializers.RandomNormal(0, 0.02)


def norm():
    return layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, gamma_initializer=keras.initializers.RandomNormal(1, 0.02)
    )


def unet(size, filters, dropout):
    image = keras.Input((size, size, 3))
    x, skips = image, []
    for index, width in enumerate(filters):
        normalised = 0 < index < len(filters) - 1
        x = layers.LeakyReLU(0.2)(x) if index > 0 else x
        x = layers.Conv2D(
            width, 4, 2, "same", use_bias=not normalised, kernel_initializer=weights()
        )(x)
        x = norm()(x) if normalised else x
        skips.append(x)
    skips.pop()
    for index, width in enumerate(reversed(filters[:-1])):
        x = layers.ReLU()(x)
        x = layers.Conv2DTranspose(
            width, 4, 2, "same", use_bias=False, kernel_initializer=weights()
        )(x)
        x = norm()(x)
        x = layers.Dropout(0.5)(x) if index < dropout else x
        x = layers.Concatenate()([x, skips.pop()])
    x = layers.ReLU()(x)
    x = layers.Conv2DTranspose(
        3, 4, 2, "same", activation="tanh", kernel_initializer=weights()
    )(x)
    return keras.Model(image, x)


def patch_gan(size, receptive_field):
    halvings = HALVINGS[receptive_field]
    image, picture = keras.Input((size, size, 3)), keras.Input((size, size, 3))
    x = layers.Concatenate()([image, picture])
    for index in range(halvings + 1):
        options = dict(use_bias=index == 0, kernel_initializer=weights())
        width = 64 * min(2**index, 8)
        if index < halvings:
            x = layers.Conv2D(width, 4, 2, "same", **options)(x)
        else:
            x = layers.Conv2D(width, 4, 1, **options)(layers.ZeroPadding2D()(x))
        x = norm()(x) if index > 0 else x
        x = layers.LeakyReLU(0.2)(x)
    x = layers.Conv2D(1, 4, 1, kernel_initializer=weights())(layers.ZeroPadding2D()(x))
    return keras.Model([image, picture], x)


def main(config):
    if config.get("threads"):
        tf.config.threading.set_intra_op_parallelism_threads(config["threads"])
    keras.utils.set_random_seed(23)
    size, batch = config["size"], config["batch"]
    generator = unet(size, FILTERS[: config["halvings"]], config["dropout"])
    discriminator = patch_gan(size, config["receptiveField"])
    adam_g = keras.optimizers.Adam(2e-4, beta_1=0.5)
    adam_d = keras.optimizers.Adam(2e-4, beta_1=0.5)
    criterion = keras.losses.BinaryCrossentropy(from_logits=True)

    @tf.function
    def train(x, y):
        with tf.GradientTape() as tape_g, tf.GradientTape() as tape_d:
            fake = generator(x, training=True)
            on_real = discriminator([x, y], training=True)
            on_fake = discriminator([x, fake], training=True)
            loss_gan = criterion(tf.ones_like(on_fake), on_fake)
            loss_l1 = 100 * tf.reduce_mean(tf.abs(y - fake))
            loss_g = loss_gan + loss_l1
            loss_fake = criterion(tf.zeros_like(on_fake), on_fake)
            loss_d = 0.5 * (criterion(tf.ones_like(on_real), on_real) + loss_fake)
        of_g = tape_g.gradient(loss_g, generator.trainable_variables)
        of_d = tape_d.gradient(loss_d, discriminator.trainable_variables)
        adam_g.apply_gradients(zip(of_g, generator.trainable_variables))
        adam_d.apply_gradients(zip(of_d, discriminator.trainable_variables))
        return {
            "discriminator": loss_d,
            "generator": loss_g,
            "generator.gan": loss_gan,
            "generator.l1": loss_l1,
        }

    x, y = (tf.random.uniform((batch, size, size, 3), -1, 1) for _ in range(2))
    ready = {
        "engine": "keras",
        "version": f"{keras.__version__} on TensorFlow {tf.__version__}",
        "threads": tf.config.threading.get_intra_op_parallelism_threads() or os.cpu_count(),
        "compile": "tf.function",
    }
    serve(ready, lambda: {name: float(loss) for name, loss in train(x, y).items()}, {})


main(json.loads(sys.argv[1]))
